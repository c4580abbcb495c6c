"""YAML files: strict models, read from files, with misfits in the writer's words."""
