"""Visits name leaflets by their number in the catalogue; before, they chose among six words."""

from django.db import migrations

WORDS = {
    "employment": "用工指南", "wages": "工资支付指引", "bargaining": "集体协商指引", "contract": "劳动合同示范文本",
    "layoff": "裁员规范指引", "policies": "惠企政策汇编",
}  # fmt: skip


def number(apps, schema_editor):
    Visit, Leaflet = apps.get_model("guidance", "GuidanceVisit"), apps.get_model("guidance", "Leaflet")
    known = {}
    for visit in Visit.objects.exclude(leaflets=[]).order_by("visited_on", "pk"):
        named = [one for one in visit.leaflets if one in WORDS]
        for word in named:
            if word not in known:
                known[word] = _entry(apps, Leaflet, WORDS[word], visit.visited_on)
        if named:
            visit.leaflets = [str(known.get(one, one)) for one in visit.leaflets]
            visit.save(update_fields=["leaflets"])


def _entry(apps, Leaflet, title, on):
    leaflet, new = Leaflet.objects.get_or_create(title=title, defaults={"kind": "guide"})
    if new:
        apps.get_model("guidance", "LeafletVersion").objects.create(leaflet=leaflet, number=1, issued_on=on)
    return leaflet.pk


class Migration(migrations.Migration):
    dependencies = [("guidance", "0004_leaflets_of_visits")]

    operations = [migrations.RunPython(number, migrations.RunPython.noop)]
