package io.kilonova.libvirt;

/** A user and a group of the host, by their numbers. */
record DiskOwner(int user, int group) {}
