"""What a browser shows that has no part in this run: the address that was printed is opened a second time."""

from __future__ import annotations

import base64
import hashlib

from alloc.text import Text

TITLE = Text("这个地址只能打开一次", "This address opens once")
OPENED = Text(
    "它已经打开过，或不是完整的地址。在打开它的浏览器里，页面在 {address}。",
    "It has been opened already, or is not the whole of what was printed. In the browser that opened it, the page is "
    "at {address}.",
)
AGAIN = Text(
    "要在别的浏览器里打开，请用 Ctrl-C 结束 alloc workbench，重新启动，再打开新打印的地址。修改都已在磁盘上。",
    "To open it in another one, end alloc workbench with Ctrl-C, start it again, and take the address that it then "
    "prints. All edits are on disk.",
)
STYLE = (  # the files of the page are for whoever has the cookie
    "body{max-width:36em;margin:48px auto;padding:0 24px;color:#1f2933;font:14px/1.6 "
    "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','WenQuanYi Micro Hei',system-ui,sans-serif}"
    "h1{font-size:20px;margin:32px 0 8px}p{margin:4px 0}a{color:#0b6e99}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def page(port: int) -> str:
    """The whole page, in both languages.

    Args:
        port: on which the server listens.
    """
    address = f"http://127.0.0.1:{port}/"
    link = Text(*(f'<a href="{address}">{address}</a>' for _ in range(2)))
    said = OPENED.fill(address=link)
    parts = (f'<section lang="{tag}"><h1>{getattr(TITLE, each)}</h1><p>{getattr(said, each)}</p>'
             f"<p>{getattr(AGAIN, each)}</p></section>" for each, tag in (("zh", "zh-CN"), ("en", "en")))  # fmt: skip
    return (f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>alloc</title><style>{STYLE}</style>'
            f"{''.join(parts)}</html>")  # fmt: skip
