"""What other departments say of an enterprise, month by month, and the form in which scoring reads it."""

from django.db import models

from casework.scope import ScopedQuerySet


class Feed(models.IntegerChoices):
    TAX = 1, "缴税"
    SOCIAL = 2, "缴费"
    LOAN = 3, "还贷"
    LOGISTICS = 4, "物流"


class SignalQuerySet(ScopedQuerySet):
    def in_force(self):
        """What is known now: for each enterprise, feed and month the row of the latest delivery that was not undone."""
        return (
            self.filter(delivery__state="stored")
            .order_by("enterprise_id", "feed", "month", "-delivery_id")
            .distinct("enterprise_id", "feed", "month")
        )

    def known_at(self, moment):
        """What was known at `moment`, before later corrections."""
        return (
            self.filter(delivery__stored_at__lte=moment)
            .exclude(delivery__undone_at__lte=moment)
            .order_by("enterprise_id", "feed", "month", "-delivery_id")
            .distinct("enterprise_id", "feed", "month")
        )


class Signal(models.Model):
    """One department's word on one enterprise for one month. Append-only, partitioned by month, amounts in 分."""

    pk = models.CompositePrimaryKey("enterprise_id", "feed", "month", "delivery_id")
    enterprise = models.ForeignKey(
        "enterprises.Enterprise", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="signals"
    )
    feed = models.SmallIntegerField("数据", choices=Feed)
    month = models.DateField("月份", help_text="first day")
    delivery = models.ForeignKey(
        "enterprises.Delivery", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    due = models.BigIntegerField("应缴（分）", null=True)
    paid = models.BigIntegerField("实缴（分）", null=True)
    balance = models.BigIntegerField("贷款余额（分）", null=True)
    count = models.IntegerField("人数、件数或逾期天数", null=True)

    district_path = "enterprise__district"
    objects = SignalQuerySet.as_manager()

    class Meta:
        managed = False  # made by hand in the migration: Django cannot partition
        db_table = "enterprises_signal"
        verbose_name = "月度数据"


class SignalBlock(models.Model):
    """4,096 neighbouring enterprises' values of one feed and month, packed for scoring (enterprises.signals).

    They lie in all districts, so that only who sees the whole city reads a block.
    """

    pk = models.CompositePrimaryKey("block_no", "feed", "month")
    block_no = models.IntegerField()
    feed = models.SmallIntegerField(choices=Feed)
    month = models.DateField()
    body = models.BinaryField()

    class Meta:
        verbose_name = "数据块"
