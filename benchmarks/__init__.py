"""How fast, how large and how soon: figures of one machine, each beside its baseline.

The numbers of one run say little by themselves, because machines differ and share their cores.
Every figure is therefore measured in turns with a baseline, on the same machine in the same minute,
and what counts is the ratio of the two.

One process plays the outside world (Meta's webhooks and its Graph API, `graph_stub.py` and
`posting.py`); what is measured runs in a process of its own, on the same kind of event loop as its
baseline.
"""
