from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from .models import Job


def job_or_404(request, pk):
    """A job is seen by the person who asked for it."""
    job = Job.objects.filter(pk=pk, asked_by=request.user).first()
    if job is None:
        raise Http404("没有找到这项任务。")
    return job


def job_progress(request, pk):
    return render(request, "casework/_job.html", {"job": job_or_404(request, pk)})


@require_POST
def cancel_job(request, pk):
    job_or_404(request, pk).cancel()
    return redirect("casework:job", pk)


@require_POST
def retry_job(request, pk):
    job_or_404(request, pk).retry()
    return redirect("casework:job", pk)
