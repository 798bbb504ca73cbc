"""The agent's Python side, in the customer's driver: arms, carries records out, answers the notebook.

Standard library only. Nothing is imported here: Python's start passes through this file.
"""
