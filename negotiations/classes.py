"""To which class of the notice an enterprise belongs: a proposal from what is known, for a person to confirm."""

from enterprises import standing
from enterprises.models import Enterprise

from .topics import FirmClass

_ENDED = {Enterprise.Status.REVOKED, Enterprise.Status.CANCELLED}


def proposed(enterprise):
    """(FirmClass, why in Chinese). Platforms first, then what the register says of its life, then its standing."""
    if enterprise.platform:
        return FirmClass.PLATFORM, f"名录标明为平台企业（{enterprise.get_platform_display()}）"
    if enterprise.status in _ENDED:
        return FirmClass.CHANGED, f"名录状态为“{enterprise.get_status_display()}”"
    if enterprise.status == Enterprise.Status.SUSPENDED:
        return FirmClass.DIFFICULT, "名录状态为“歇业”"
    known = standing.of(enterprise)
    if known is None:
        return FirmClass.NORMAL, "没有评分，暂按生产经营正常，请核实"
    because = f"风险等级为{known.level}" + (f"：{'、'.join(known.reasons[:3])}" if known.reasons else "")
    return (FirmClass.DIFFICULT if known.serious else FirmClass.NORMAL), because
