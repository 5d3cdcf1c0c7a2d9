/// What each command answers: the planner's figures as data and as a page.
@NullMarked
package dev.plimsoll.report.answer;

import org.jspecify.annotations.NullMarked;
