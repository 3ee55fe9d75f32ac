"""What tests are driven with: a deployment, people who chat, databases."""
