from allauth.account.adapter import DefaultAccountAdapter


class PhoneAccountAdapter(DefaultAccountAdapter):
    pass
