/// Derivations: a topic in words, with the numbers of a model put in.
@NullMarked
package dev.plimsoll.report.explain;

import org.jspecify.annotations.NullMarked;
