"""Connecting a Page: what Meta has to be asked, in order, and what each refusal means.

`account` takes a token and finds the Page, `webhook` subscribes, `proving` waits for a message and
its echo; `errors` names for each failure the screen at Meta that mends it.
"""
