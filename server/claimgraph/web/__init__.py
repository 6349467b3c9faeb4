"""The service over HTTP. Flask lives here and nowhere else.

A request is one straight line: parse, negotiate, answer, respond.
"""
