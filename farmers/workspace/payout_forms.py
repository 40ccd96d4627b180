"""The code that proves who asks for another account."""

from django import forms

from marketplace.accounts.forms import CodeForm


class FreshCodeForm(forms.Form):
    code = CodeForm.declared_fields["code"]
