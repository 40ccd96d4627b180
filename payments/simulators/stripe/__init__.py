"""Stripe, as far as Checkout in đồng, payment intents, refunds and webhooks go. Written from docs.stripe.com."""
