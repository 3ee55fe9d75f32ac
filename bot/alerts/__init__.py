"""What the team is told of by itself: what has a clock, and what is broken.

`watch` and `page_check` raise and settle, `herald` tells the admins, `wording` has the words.
Whoever has something else with a clock raises it through `store.alerts`, and gives it its words.
"""
