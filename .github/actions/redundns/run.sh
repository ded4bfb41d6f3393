#!/usr/bin/env bash
# Runs one command of redundns once: annotations into the log, the report into the summary of the job, and the same
# into the comment on the pull request where it is a plan. Ends with the program's own exit code.
set -euo pipefail

read -ra arguments <<<"${ARGUMENTS:-}"
report=$(mktemp)
trap 'rm -f "$report"' EXIT

code=0
GITHUB_STEP_SUMMARY=$report "$REDUNDNS" -C "$DIRECTORY" --format github "$COMMAND" "${arguments[@]}" || code=$?
cat "$report" >>"$GITHUB_STEP_SUMMARY"
echo "exit-code=$code" >>"$GITHUB_OUTPUT"

if [ "$COMMAND" = plan ] && [ "${COMMENT:-true}" = true ] && [ -n "${PULL_REQUEST:-}" ] && [ -s "$report" ]; then
  # A fork's token may only read; that is no reason to call the plan a failure.
  bash "$(dirname "$0")/comment.sh" "$report" ||
    echo "::warning title=redundns plan::the comment could not be written; the plan is in the summary of this job"
fi
exit "$code"
