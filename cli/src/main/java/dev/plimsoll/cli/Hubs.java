package dev.plimsoll.cli;
