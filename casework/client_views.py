"""Pages of machine clients for the security administrator: tokens, and where messages are posted."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from accounts.proof import step_up
from accounts.roles import Can, may

from .client_forms import MessageFilter, SubscriptionForm, TokenForm
from .pages import page_of, render_list
from .tokens import Token
from .webhooks import ATTEMPTS, Message, Subscription

_SECTION = {"section": "clients"}


@require_GET
@may(Can.MANAGE_CLIENTS)
def client_list(request):
    now = timezone.now()
    tokens = Token.objects.select_related("holder__organisation", "made_by").order_by("-ended_at", "-made_at", "-id")
    rows = [(token, *token.state(now)) for token in tokens]
    subscriptions = Subscription.objects.select_related("holder__organisation")
    context = {
        "tokens": sorted(rows, key=lambda row: not row[2]),
        "subscriptions": [(each, _went(each)) for each in subscriptions],
        "failed": Message.objects.filter(state=Message.State.FAILED).count(),
        **_SECTION,
    }
    return render(request, "casework/clients.html", context)


def _went(subscription):
    """How many of its messages stand how: {"total": …, "done": …, "waiting": …, "failed": …}."""
    counted = {state.value: Count("pk", filter=Q(state=state)) for state in Message.State}
    return subscription.messages.aggregate(total=Count("pk"), **counted)


@may(Can.MANAGE_CLIENTS)
@step_up("签发接口令牌")
@sensitive_variables("text")
def issue_token(request):
    form = TokenForm(request.POST or None, by=request.user, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        token, text = form.save(at=timezone.now())
        return _shown_once(request, {"token": token, "text": text})
    status = 422 if form.is_bound else 200
    return render(request, "casework/token_new.html", {"form": form, **_SECTION}, status=status)


@require_POST
@may(Can.MANAGE_CLIENTS)
@step_up("收回接口令牌")
def withdraw_token(request, pk):
    token = get_object_or_404(Token, pk=pk)
    token.withdraw(by=request.user, at=timezone.now())
    messages.success(request, f"已收回“{token.name}”的令牌，客户端从下一次请求起不能再用。")
    return redirect("casework:clients")


@may(Can.MANAGE_CLIENTS)
@step_up("设置消息推送")
@sensitive_variables("text")
def subscribe(request):
    form = SubscriptionForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        subscription, text = form.save(at=timezone.now())
        return _shown_once(request, {"subscription": subscription, "text": text})
    status = 422 if form.is_bound else 200
    return render(request, "casework/subscription_new.html", {"form": form, **_SECTION}, status=status)


@require_POST
@may(Can.MANAGE_CLIENTS)
@step_up("停止消息推送")
def end_subscription(request, pk):
    subscription = get_object_or_404(Subscription, pk=pk)
    subscription.end(by=request.user, at=timezone.now())
    messages.success(request, f"已停止向“{subscription.name}”推送。")
    return redirect("casework:clients")


@require_GET
@may(Can.MANAGE_CLIENTS)
def message_log(request):
    """When what was posted where, and how that went; what it said stays with those whom it was for."""
    form = MessageFilter(request.GET)
    context = {"form": form, "page": page_of(form.rows(), request.GET), "attempts": ATTEMPTS, **_SECTION}
    return render_list(request, "casework/messages.html", "casework/_messages_log.html", context)


@require_POST
@may(Can.MANAGE_CLIENTS)
def send_again(request, pk):
    message = get_object_or_404(Message, pk=pk)
    message.again(timezone.now())
    messages.success(request, "已重新排队推送。")
    return redirect("casework:messages")


@sensitive_variables()
def _shown_once(request, context):
    """The only page that ever shows it: an answer to POST, kept by nobody."""
    response = render(request, "casework/client_secret.html", context | _SECTION)
    response.headers["Cache-Control"] = "no-store"
    return response
