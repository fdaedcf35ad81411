"""Who of a district does what: the bodies that the notice addresses there. A body of the city is none of them."""

from accounts.roles import Role
from casework.lifecycle import Part


def of_the_district(label, *roles, field="district_id"):
    """People of `roles` in the district that `field` of the record names."""
    return Part(
        label,
        lambda record, user: (
            user is not None
            and user.role in roles
            and user.organisation.district_id is not None
            and user.organisation.district_id == getattr(record, field)
        ),
    )


_AUTHORITY = (Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR)
THE_THREE = (*_AUTHORITY, Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER)

AUTHORITY = of_the_district("区市人社部门", *_AUTHORITY)
HEAD = of_the_district("区市负责人", Role.DISTRICT_SUPERVISOR)
UNION = of_the_district("区市工会", Role.UNION_COORDINATOR)
EMPLOYERS = of_the_district("区市企业方", Role.EMPLOYER_MEMBER)
ANYBODY = of_the_district("区市三方", *THE_THREE)
CITY = Role.CITY_OFFICE
