"""Baseline: the echo bot of pymessenger's own README, on Flask.

As there, it checks no signature and waits for each send. Two things differ: its Graph API is the
stub, and it leaves out echoes of its own messages, which the README's bot would answer for ever.
"""

import os

from flask import Flask, request
from pymessenger.bot import Bot

from benchmarks.meta_app import PAGE_TOKEN, VERIFY_TOKEN

app = Flask(__name__)
bot = Bot(PAGE_TOKEN)
bot.graph_url = os.environ["GRAPH_URL"]


@app.route("/webhook", methods=["GET", "POST"])
def hello() -> str:
    """Answer Meta's question, or each message with its own text."""
    if request.method == "GET":
        if request.args.get("hub.verify_token") == VERIFY_TOKEN:
            return request.args.get("hub.challenge", "")
        return "Invalid verification token"
    for event in request.get_json()["entry"]:
        for x in event["messaging"]:
            if x.get("message", {}).get("text") and not x["message"].get("is_echo"):
                bot.send_text_message(x["sender"]["id"], x["message"]["text"])
    return "Success"
