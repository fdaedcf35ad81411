from .delivery import Delivery, DeliveryFault, DeliveryMonth, Department, RegisterChange, RememberedLayout
from .enterprise import Enterprise, FormerCode
from .signal import Feed, Signal, SignalBlock

__all__ = [
    "Delivery",
    "DeliveryFault",
    "DeliveryMonth",
    "Department",
    "Enterprise",
    "Feed",
    "FormerCode",
    "RegisterChange",
    "RememberedLayout",
    "Signal",
    "SignalBlock",
]
