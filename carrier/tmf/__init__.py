"""TM Forum's APIs, one file each: what is asked, how the answer must look, and what it means in models.py."""
