"""Errors that a person may see: a stable id each, and the text in both languages, all in this place.

The tree::

    DrillyardError          `id`, `parameters`, `text(language)`, and the HTTP status that a view answers with
      Refused               400   what was sent breaks a rule; sending it again changes nothing
      NotFound              404   absent, or not for this person: the two look alike
      Conflict              409   it contradicts what is already recorded
      LimitReached          429   too much or too often; `retry_after_s` says when to try again
      Unavailable           503   our side cannot do it now; nothing was lost

Services raise these; views, and programs through the API, show them. A test holds that every id has both texts and that
both name the same parameters.
"""

from __future__ import annotations

from typing import ClassVar, Final

LANGUAGES: Final = ("en", "zh")

TEXTS: Final[dict[str, dict[str, str]]] = {
    # ------------------------------------------------------------------------------------------------ everywhere
    "not_found": {
        "en": "There is nothing here, or it is not yours to see.",
        "zh": "这里没有内容，或者你无权查看。",
    },
    "idempotency_conflict": {
        "en": "This request was already made with other content. Reload the page and send it again.",
        "zh": "同一个请求此前已经提交过，内容与这次不同。请刷新页面后重新提交。",
    },
    # -------------------------------------------------------------------------------------------------- accounts
    "email_taken": {
        "en": "There is already an account with this e-mail address.",
        "zh": "该邮箱已注册过账号。",
    },
    "email_invalid": {
        "en": "This is not an e-mail address.",
        "zh": "邮箱地址的格式不正确。",
    },
    "display_name_invalid": {
        "en": "A name has at most {length_max} characters and no control characters.",
        "zh": "姓名最多 {length_max} 个字符，且不能含有控制字符。",
    },
    "language_unknown": {
        "en": "Choose English or Chinese.",
        "zh": "请选择英文或中文。",
    },
    "time_zone_unknown": {
        "en": "“{time_zone}” is not a time zone, such as Asia/Shanghai or Europe/Berlin.",
        "zh": "“{time_zone}”不是有效的时区，有效的写法如 Asia/Shanghai、Europe/Berlin。",
    },
    "handle_invalid": {
        "en": "A handle has {length_min} to {length_max} characters: Latin letters, Han characters, digits, hyphens or "
        "underscores. It starts with a letter or a Han character.",
        "zh": "昵称须为 {length_min} 到 {length_max} 个字符，可用拉丁字母、汉字、数字、连字符和下划线，"
        "并以字母或汉字开头。",
    },
    "handle_reserved": {
        "en": "This handle is reserved.",
        "zh": "该昵称为系统保留，请换一个。",
    },
    "handle_taken": {
        "en": "Somebody else has this handle.",
        "zh": "该昵称已被他人使用。",
    },
    "demo_accounts_refused": {
        "en": "Demo accounts have public passwords; this installation is a production one and does not make them.",
        "zh": "演示账号的密码是公开的；当前为生产环境，不会创建演示账号。",
    },
    # -------------------------------------------------------------------------------------------------- practice
    "answer_invalid": {
        "en": "This is no answer to the question. Choose an option, or write a number.",
        "zh": "无法识别该答案。请选择选项，或填写一个数。",
    },
    # -------------------------------------------------------------------------------------------------- labwork
    "submission_empty": {
        "en": "There is no file in this submission. The lab asks for: {names}.",
        "zh": "提交中没有任何文件。本实验需要提交：{names}。",
    },
    "submission_file_missing": {
        "en": "The file {name} is missing.",
        "zh": "缺少文件 {name}。",
    },
    "submission_file_empty": {
        "en": "The file {name} is empty.",
        "zh": "文件 {name} 是空的。",
    },
    "submission_file_unknown": {
        "en": "The lab does not take a file called “{name}”. It takes: {names}.",
        "zh": "本实验不接受名为“{name}”的文件，只接受：{names}。",
    },
    "submission_file_name_invalid": {
        "en": "A file's name must be a plain name without folders, at most {length_max} characters long.",
        "zh": "文件名必须是不含目录的普通文件名，且不超过 {length_max} 个字符。",
    },
    "submission_file_too_large": {
        "en": "{name} is larger than {bytes_max} bytes.",
        "zh": "{name} 超过了 {bytes_max} 字节的上限。",
    },
    "submission_too_large": {
        "en": "The submission is larger than {bytes_max} bytes in all.",
        "zh": "提交的总大小超过了 {bytes_max} 字节的上限。",
    },
    "submission_too_many_files": {
        "en": "A submission has at most {files_max} files.",
        "zh": "一次提交最多 {files_max} 个文件。",
    },
    "submission_file_not_utf8": {
        "en": "{name} is not UTF-8 text. Save it as UTF-8 and send it again.",
        "zh": "{name} 不是 UTF-8 文本。请以 UTF-8 编码保存后重新提交。",
    },
    "submission_file_has_nul": {
        "en": "{name} contains a NUL character, which Python source cannot.",
        "zh": "{name} 中含有 NUL 字符，而 Python 源代码不允许出现该字符。",
    },
    "submission_rate_reached": {
        "en": "At most {count_max} submissions in {minutes} minutes. Try again in {retry_after_s} seconds.",
        "zh": "{minutes} 分钟内最多提交 {count_max} 次。请在 {retry_after_s} 秒后重试。",
    },
    "submission_queue_full": {
        "en": "{count_max} of your submissions are waiting already. Wait until one of them is graded.",
        "zh": "你已有 {count_max} 份提交在排队，请等其中一份评分完成后再提交。",
    },
    "idempotency_key_invalid": {
        "en": "The request's idempotency key must have 8 to {length_max} letters, digits, hyphens or underscores.",
        "zh": "请求的幂等键须为 8 到 {length_max} 个字母、数字、连字符或下划线。",
    },
    "submission_not_cancellable": {
        "en": "This submission is being graded or done already.",
        "zh": "该提交正在评分或已评分完成，无法取消。",
    },
    # ------------------------------------------------------------------------- labwork: whose fault an unknown is
    "fault_judge_died": {
        "en": "The grading process ended unexpectedly. This is our fault and costs you nothing.",
        "zh": "评分进程意外退出。这是平台的故障，不影响你的成绩。",
    },
    "fault_judge_unavailable": {
        "en": "The grading process could not be started. This is our fault and costs you nothing.",
        "zh": "评分进程无法启动。这是平台的故障，不影响你的成绩。",
    },
    "fault_judge_protocol": {
        "en": "The grading process gave an answer that we do not understand. This is our fault and costs you nothing.",
        "zh": "评分进程返回了无法识别的结果。这是平台的故障，不影响你的成绩。",
    },
    "fault_judge_unknown": {
        "en": "The grading process could not reach a verdict. This is our fault and costs you nothing.",
        "zh": "评分进程未能得出判定。这是平台的故障，不影响你的成绩。",
    },
    "fault_judge_silent": {
        "en": "The grading process stopped answering. This is our fault and costs you nothing.",
        "zh": "评分进程停止响应。这是平台的故障，不影响你的成绩。",
    },
    "fault_worker_lost": {
        "en": "The worker that graded this was lost. This is our fault and costs you nothing.",
        "zh": "负责评分的工作进程失联。这是平台的故障，不影响你的成绩。",
    },
    "fault_sandbox_unavailable": {
        "en": "The sandbox for your code could not be started. This is our fault and costs you nothing.",
        "zh": "运行代码的沙箱无法启动。这是平台的故障，不影响你的成绩。",
    },
    "fault_platform": {
        "en": "Something on our side broke while grading. This is our fault and costs you nothing.",
        "zh": "评分过程中出了问题。这是平台的故障，不影响你的成绩。",
    },
}


def text(error_id: str, language: str, **parameters: object) -> str:
    """The text of `error_id` in `language` ("en", "zh" or a longer tag of theirs such as "zh-hans")."""
    short = "zh" if language.lower().startswith("zh") else "en"
    return TEXTS[error_id][short].format(**parameters)


class DrillyardError(Exception):
    """Base of every error that has a text for people.

    Raised as `Refused("handle_taken")`, with the text's parameters.
    """

    status: ClassVar[int] = 500

    def __init__(self, error_id: str, **parameters: object) -> None:
        super().__init__(error_id)
        self.id: Final = error_id
        self.parameters: Final = parameters

    def text(self, language: str) -> str:
        """What a person reads, in `language`."""
        return text(self.id, language, **self.parameters)

    def __str__(self) -> str:
        return f"{self.id}: {self.text('en')}"


class Refused(DrillyardError):
    status = 400


class NotFound(DrillyardError):
    status = 404

    def __init__(self, error_id: str = "not_found", **parameters: object) -> None:
        super().__init__(error_id, **parameters)


class Conflict(DrillyardError):
    status = 409


class LimitReached(DrillyardError):
    status = 429

    def __init__(self, error_id: str, *, retry_after_s: int | None = None, **parameters: object) -> None:
        if retry_after_s is not None:
            parameters["retry_after_s"] = retry_after_s
        super().__init__(error_id, **parameters)
        self.retry_after_s: Final = retry_after_s


class Unavailable(DrillyardError):
    status = 503
