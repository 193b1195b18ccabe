#!/bin/sh
# The installed library without CMake: build.sh OUTPUT, with PKG_CONFIG_PATH set to <prefix>/<libdir>/pkgconfig.
set -eu
# shellcheck disable=SC2046 # the options of pkg-config are words
cc -std=c99 "$(dirname "$0")/../consumer.c" $(pkg-config --cflags --libs losun_bms) -o "$1"
