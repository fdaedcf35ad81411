"""Pages of background work: all of it for who looks after it, one's own for everybody else."""

import django_filters
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Can

from .jobs import TITLES
from .models import Job
from .pages import page_of, query_without, render_list


class JobFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label="状态", empty_label="状态：全部", choices=Job.State)
    kind = django_filters.ChoiceFilter(label="任务", empty_label="任务：全部", choices=lambda: sorted(TITLES.items()))

    class Meta:
        model = Job
        fields = []


@require_GET
def job_list(request):
    mine = Job.objects.visible_to(request.user)
    chosen = JobFilter(request.GET, queryset=mine.select_related("asked_by__organisation"))
    context = {
        "page": page_of(chosen.qs if chosen.is_valid() else mine.none(), request.GET),
        "filter": chosen,
        "filtered": bool(query_without(request.GET, "page")),
        "failed": mine.filter(state=Job.State.FAILED).count(),
        "of_all": request.user.may(Can.SEE_JOBS),
    }
    return render_list(request, "casework/jobs.html", "casework/_jobs.html", context)


def job_progress(request, pk):
    context = {"job": _job_or_404(request, pk)}
    return render_list(request, "casework/job.html", "casework/_job.html", context)


@require_POST
def cancel_job(request, pk):
    _job_or_404(request, pk).cancel()
    return redirect("casework:job", pk)


@require_POST
def retry_job(request, pk):
    _job_or_404(request, pk).retry()
    return redirect("casework:job", pk)


def _job_or_404(request, pk):
    job = Job.objects.visible_to(request.user).filter(pk=pk).first()
    if job is None:
        raise Http404("没有找到这项任务。")
    return job
