"""Who may do what. One table: read it across to see what a role is for, down to see who may do a thing.

The sharing follows the role sentences of 威人社函〔2023〕39号 (三、组织实施) and 劳动合同法 §5: the government side
leads and decides, the union and the employers' side take part. Which rows a role sees is a matter of district scope
(casework.scope); what it may do with them stands here.
"""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import models


class Role(models.TextChoices):
    CITY_OFFICE = "city_office", "市三方办"
    DISTRICT_OFFICER = "district_officer", "区市经办人"
    DISTRICT_SUPERVISOR = "district_supervisor", "区市负责人"
    UNION_COORDINATOR = "union_coordinator", "工会协调员"
    EMPLOYER_MEMBER = "employer_member", "企业方代表"
    DATA_STEWARD = "data_steward", "数据管理员"
    # 三员分立 (GB/T 22239-2019 8.1.5): accounts, rights and audit lie in three hands. One person has one role.
    ADMINISTRATOR = "administrator", "系统管理员"
    SECURITY_ADMINISTRATOR = "security_administrator", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


class Can(models.TextChoices):
    READ_REGISTER = "read_register", "查看企业名录"
    READ_LEVELS = "read_levels", "查看风险等级"
    READ_FIGURES = "read_figures", "查看税、费、贷、物流数据和评分依据"
    READ_VISITS = "read_visits", "查看走访计划"
    PLAN_VISITS = "plan_visits", "拟定、确定走访计划"
    READ_CHECKLISTS = "read_checklists", "查看体检清单"
    EDIT_CHECKLISTS = "edit_checklists", "修订体检清单"
    READ_INSPECTIONS = "read_inspections", "查看体检记录和发现的问题"
    INSPECT = "inspect", "登记体检"
    DECIDE_LEVELS = "decide_levels", "确认或者建议风险等级"
    READ_ARREARS = "read_arrears", "查看欠薪人数、月数和金额"
    RECORD_ARREARS = "record_arrears", "登记或者报告欠薪"
    READ_LEDGER = "read_ledger", "查看用工处方和整改台账"
    READ_EVIDENCE = "read_evidence", "查看整改凭证和处方附件"
    PRESCRIBE = "prescribe", "开具用工处方，登记整改事项，上传凭证"
    ASSIGN_WORK = "assign_work", "批量分派整改事项"
    HANDLE_MAJORS = "handle_majors", "查看、标记、处置重大风险"
    ASK_DISCLOSURE = "ask_disclosure", "跨区市协查关联企业"
    HAND_OVER = "hand_over", "查看、办理向劳动保障监察的移交"
    PREVIEW_REMINDERS = "preview_reminders", "预览将发出的提醒"
    EXPORT = "export", "导出清单"
    EDIT_REGISTER = "edit_register", "修改企业信息"
    MERGE = "merge", "合并重复企业"
    DELIVER = "deliver", "接收部门数据"
    SCORE = "score", "运行风险评分"
    SEE_USERS = "see_users", "查看人员账号"
    MANAGE_USERS = "manage_users", "添加、停用人员账号，重置密码"
    GRANT_RIGHTS = "grant_rights", "核准岗位和单位的授予、变动"
    GUARD_LOGINS = "guard_logins", "解除登录锁定、重置第二重验证，查看安全设置"
    READ_CONSULTATIONS = "read_consultations", "查看协商要约和集体合同"
    READ_CONSULTED = "read_consulted", "查看企业为协商提供的资料"
    BARGAIN = "bargain", "上传协商和集体合同的文件"
    READ_GUIDANCE = "read_guidance", "查看指导服务"
    WRITE_GUIDANCE = "write_guidance", "登记指导服务"
    READ_LAID_OFF = "read_laid_off", "查看被裁减人员名单（姓名、证件号、电话隐去）"
    REVEAL_LAID_OFF = "reveal_laid_off", "填写理由后查看、导出被裁减人员的完整信息"
    READ_SERVED = "read_served", "查看讲座签到人、求助人和政策享受金额"
    EDIT_CATALOGUE = "edit_catalogue", "编制宣传资料目录和惠企政策目录"
    READ_CAMPAIGN = "read_campaign", "查看行动组织：方案、调度、协同、示范"
    READ_REPORTS = "read_reports", "查看统计指标和总结报告"
    WRITE_REPORTS = "write_reports", "起草总结报告，上传附件"
    SET_PAPERS = "set_papers", "设置总结的 Word 模板"
    SUM_UP = "sum_up", "汇总区市总结，起草、印发全市总结"
    MANAGE_CLIENTS = "manage_clients", "签发、收回接口令牌，设置消息推送"
    SEE_JOBS = "see_jobs", "查看、重试全部后台任务"
    READ_AUDIT = "read_audit", "查看审计记录"


_CITY, _OFFICER, _SUPERVISOR = Role.CITY_OFFICE, Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR
_UNION, _EMPLOYER = Role.UNION_COORDINATOR, Role.EMPLOYER_MEMBER
_STEWARD, _AUDITOR = Role.DATA_STEWARD, Role.AUDITOR
_ADMIN, _SECURITY = Role.ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR

WHO_MAY = {
    Can.READ_REGISTER: {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER, _STEWARD},
    Can.READ_LEVELS:   {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER, _STEWARD},
    # 数据安全法 §38: shared figures stay with those whose duty needs them. Unions and employers see the level and what
    # it rests on in words, not the score nor the tax and loan figures, unless the sharing agreement says otherwise.
    Can.READ_FIGURES:  {_CITY, _OFFICER, _SUPERVISOR, _STEWARD},
    # Whom a sweep visits is told to those who go; the employers' side would know of a visit before it comes.
    Can.READ_VISITS:   {_CITY, _OFFICER, _SUPERVISOR, _UNION},
    Can.PLAN_VISITS:   {_SUPERVISOR},
    Can.READ_CHECKLISTS: {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER, _ADMIN},
    Can.EDIT_CHECKLISTS: {_CITY, _ADMIN},
    Can.READ_INSPECTIONS: {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    Can.INSPECT:       {_OFFICER, _SUPERVISOR, _UNION},
    # The government side decides; what a union enters is a proposal or a report (lifecycles of risks).
    Can.DECIDE_LEVELS: {_OFFICER, _SUPERVISOR, _UNION},
    Can.READ_ARREARS:  {_CITY, _OFFICER, _SUPERVISOR, _UNION},
    Can.RECORD_ARREARS: {_OFFICER, _SUPERVISOR, _UNION},
    Can.READ_LEDGER:   {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    # Evidence holds pay lists and contracts of named workers (个人信息保护法 §28): not for the employers' side.
    Can.READ_EVIDENCE: {_CITY, _OFFICER, _SUPERVISOR, _UNION},
    Can.PRESCRIBE:     {_OFFICER, _SUPERVISOR, _UNION},
    Can.ASSIGN_WORK:   {_SUPERVISOR},
    # Signs of a mass lay-off or stoppage stay with those who act on them; members of the employers' side compete.
    Can.HANDLE_MAJORS: {_CITY, _OFFICER, _SUPERVISOR, _UNION},
    # Another district's firm, and what calls for an order, are matters between authorities.
    Can.ASK_DISCLOSURE: {_CITY, _OFFICER, _SUPERVISOR},
    Can.HAND_OVER:     {_CITY, _OFFICER, _SUPERVISOR},
    Can.PREVIEW_REMINDERS: {_CITY, _SUPERVISOR},
    Can.EXPORT:        {_CITY, _OFFICER, _SUPERVISOR, _UNION, _STEWARD, _AUDITOR},  # of what the role may read
    Can.EDIT_REGISTER: {_CITY, _OFFICER, _SUPERVISOR, _STEWARD},
    Can.MERGE:         {_CITY, _STEWARD},
    Can.DELIVER:       {_STEWARD},
    Can.SCORE:         {_CITY, _STEWARD},
    Can.SEE_USERS:     {_ADMIN, _SECURITY},
    Can.READ_CONSULTATIONS: {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    # Figures of one firm are not for the representatives of others.
    Can.READ_CONSULTED: {_CITY, _OFFICER, _SUPERVISOR, _UNION},
    Can.BARGAIN:       {_OFFICER, _SUPERVISOR, _UNION},
    Can.READ_GUIDANCE: {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    # All three parties guide and serve (威人社函〔2023〕39号 三、组织实施).
    Can.WRITE_GUIDANCE: {_OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    # Whom a lay-off names: those who take the list in and those who help; the city counts, and other firms read nothing
    # of it. In full only those whose duty it is (个人信息保护法 §6, §28, §34).
    Can.READ_LAID_OFF: {_OFFICER, _SUPERVISOR, _UNION},
    Can.REVEAL_LAID_OFF: {_OFFICER, _SUPERVISOR},
    # Who came, who asked and what one firm received is not for the representatives of others.
    Can.READ_SERVED: {_CITY, _OFFICER, _SUPERVISOR, _UNION},
    Can.EDIT_CATALOGUE: {_CITY},
    # The notice addresses all three parties; who plans, answers and decides, the lifecycles of campaigns say.
    Can.READ_CAMPAIGN: {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    # All three parties answer for a district's report; each sees the figures whose records it may read.
    Can.READ_REPORTS:  {_CITY, _OFFICER, _SUPERVISOR, _UNION, _EMPLOYER},
    Can.WRITE_REPORTS: {_OFFICER, _SUPERVISOR, _UNION},
    # How the reports of all districts look.
    Can.SET_PAPERS:    {_CITY},
    # Eight districts side by side, ranked: for the office that answers for all of them, until it makes them known.
    Can.SUM_UP:        {_CITY},
    # Who opens an account cannot give it rights, and who gives rights can open none.
    Can.MANAGE_USERS:  {_ADMIN},
    Can.GRANT_RIGHTS:  {_SECURITY},
    Can.GUARD_LOGINS:  {_SECURITY},
    Can.MANAGE_CLIENTS: {_SECURITY},
    Can.SEE_JOBS:      {_STEWARD, _ADMIN},
    Can.READ_AUDIT:    {_AUDITOR},
}  # fmt: skip

# Roles that belong to the city; the others belong to one district and to one side of the three parties.
CITY_ROLES = {_CITY, _STEWARD, _AUDITOR, _ADMIN, _SECURITY}


def may(capability):
    """Guard a view: a person without `capability` gets 403 and a sentence."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.may(capability):
                raise PermissionDenied(f"您的岗位没有“{capability.label}”的权限，如确需办理请联系系统管理员。")
            return view(request, *args, **kwargs)

        guarded.capability = capability
        return guarded

    return guard
