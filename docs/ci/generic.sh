#!/bin/sh
# Any other CI: the exit code is the gate. 0 kept, 1 broken, 2 used wrongly, 3 no verdict.
set -u
code=0
npx --yes drain-check \
  --report terminal --report junit=drain-check.xml --report html=drain-check.html --record drain-check.ndjson \
  -- node server.js || code=$?
case $code in
  0) echo "The service may be stopped." ;;
  1) echo "The service loses work when it is stopped: see drain-check.html." ;;
  2) echo "drain-check was used wrongly: see above." ;;
  *) echo "There is no verdict: see above." ;;
esac
exit "$code"
