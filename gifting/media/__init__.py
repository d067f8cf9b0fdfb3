"""Video files: bytes in, files out. `sandbox.convert` is the door, the rest runs in a child process."""
