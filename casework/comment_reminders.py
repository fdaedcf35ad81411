"""Who is named in a comment finds it on the desk, and in the morning's letter, until they have read it."""

from accounts.roles import Role

from .comments import Mention, still_reads
from .reminders import Kind, Matter, register

SHOWN = 40  # characters of the comment in a line


def matters(people, on):
    by_number = {person.pk: person for person in people}
    rows = Mention.objects.unread().filter(person__in=by_number).select_related("comment__by__organisation")
    for mention in rows.prefetch_related("comment__subject"):
        person, comment = by_number[mention.person_id], mention.comment
        if still_reads(person, comment):
            words = " ".join(comment.text.split())
            short = words if len(words) <= SHOWN else f"{words[:SHOWN]}……"
            address = f"{comment.subject.get_absolute_url()}#comments"
            where = str(comment.subject)
            yield Matter(
                person, "mention", f"{comment.by.name}：{short}", where, address, comment.on, awaited=True
            )  # fmt: skip


register(Kind("mention", "同事留言提到您", matters, tuple(Role)))
