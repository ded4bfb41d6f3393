#!/usr/bin/env bash
# Keeps one comment on a pull request that holds FILE: finds it by a marker, and writes it anew.
set -euo pipefail

file=$1
marker="<!-- redundns plan $DIRECTORY -->"
comments="${GITHUB_API_URL:-https://api.github.com}/repos/$GITHUB_REPOSITORY/issues"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# In a file, since everybody on the machine can read the command lines of others.
umask 077
printf 'Authorization: Bearer %s\nAccept: application/vnd.github+json\nX-GitHub-Api-Version: 2022-11-28\n' \
  "$TOKEN" >"$work/headers"
jq -n --arg marker "$marker" --rawfile report "$file" '{body: ($marker + "\n" + $report)}' >"$work/body"

call() {
  curl --silent --show-error --fail --retry 3 --header "@$work/headers" "$@"
}

page=1
while :; do
  call "$comments/$PULL_REQUEST/comments?per_page=100&page=$page" >"$work/page"
  jq -r --arg marker "$marker" '.[] | select(.body | startswith($marker)) | .id' "$work/page" >>"$work/found"
  [ "$(jq length "$work/page")" -eq 100 ] || break
  page=$((page + 1))
done

# Somebody else's comment may begin with the marker too, and cannot be edited.
while read -r id; do
  if call --request PATCH --data "@$work/body" --output /dev/null "$comments/comments/$id"; then
    exit 0
  fi
done <"$work/found"
call --request POST --data "@$work/body" --output /dev/null "$comments/$PULL_REQUEST/comments"
