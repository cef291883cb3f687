"""Playbooks and drill scenarios: from readable YAML to the model, with every fault told by line and in plain words."""
