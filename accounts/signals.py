"""What happens to accounts, for whoever keeps a record of it.

Log-ins and failures come from Django (`user_logged_in`, `user_logged_out`, `user_login_failed`), second factors from
`allauth.mfa.signals`, changed passwords from `allauth.account.signals.password_changed`.
"""

from django.dispatch import Signal

# A deed to an account, sent with `deed` (accounts.models.Deed): what, to whom, by whom, when.
deed_done = Signal()
# A name was locked out at an address, sent with `name` as it was typed and `address`; for second factors, which are
# counted for the person wherever they are, at each attempt that is refused.
locked_out = Signal()
# Somebody proved again who they are, sent with `request`, `user` and `method`; or failed to, without `method`.
proved = Signal()
# A person known to the identity provider was turned away here, sent with `request`, `name` (may be None) and `why`.
stranger_refused = Signal()
