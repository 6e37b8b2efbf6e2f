"""Pure functions on what people say and what we say back, in Chinese and English. Python 3.10; imports nothing of ours."""
