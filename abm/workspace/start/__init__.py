"""From a folder of exports to a workspace: what each file is, `workspace.yaml`, and a first model."""
