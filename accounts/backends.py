from allauth.account.auth_backends import AuthenticationBackend

from .models import User


class Login(AuthenticationBackend):
    """Reads the person anew at each request, with organisation and district in the same query; nobody once disabled."""

    def get_user(self, user_id):
        user = User.objects.select_related("organisation__district").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
