"""allauth's door: nobody registers themselves; an administrator makes each account."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedRegistration(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def set_password(self, user, password):
        user.must_change_password = False
        super().set_password(user, password)
