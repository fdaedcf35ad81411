from .delivery import (
    ConfirmedSignals,
    Delivery,
    DeliveryFault,
    DeliveryMonth,
    DeliverySample,
    Department,
    RegisterChange,
    RememberedLayout,
)
from .enterprise import Enterprise, FormerCode, Stale
from .signal import Feed, Signal, SignalBlock

__all__ = [
    "ConfirmedSignals",
    "Delivery",
    "DeliveryFault",
    "DeliveryMonth",
    "DeliverySample",
    "Department",
    "Enterprise",
    "Feed",
    "FormerCode",
    "RegisterChange",
    "RememberedLayout",
    "Signal",
    "SignalBlock",
    "Stale",
]
