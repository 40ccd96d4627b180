"""A bank app on a phone, and SePay watching the account the money goes to."""
