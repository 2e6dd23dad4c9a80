#!/usr/bin/env bash
# Boots a Request Tracker 5 with a saved history, for the tests marked request_tracker.
#   bash .ci/request-tracker.sh DIR PORT      leaves it running; stop it with: kill $(cat DIR/pid)
# Prints the variables that the tests read. When it can't be done, the last line on stderr says why, and the status:
#   2 wrong use   10 no saved history   11 not installed, and not root   12 packages not to be had   13 port taken
#   14 it does not start
set -euo pipefail

give_up() {
  echo "$2" >&2
  exit "$1"
}

[ $# -eq 2 ] || give_up 2 "usage: request-tracker.sh DIR PORT"
dir=$1 port=$2
source=${KPI_BOT_RT_SOURCE:-"$(dirname "$0")/../../shared/helpdesks/request-tracker"}
server=/usr/share/request-tracker5/libexec/rt-server

[ -f "$source/rt_seed7_n60.sqlite.xz" ] || give_up 10 "no saved Request Tracker history at $source"
if [ ! -x "$server" ]; then
  [ "$(id -u)" = 0 ] || give_up 11 "Request Tracker is not installed, and only root can install it"
  command -v apt-get >/dev/null || give_up 12 "Request Tracker is not installed, and this is no Debian"
  timeout 900 bash "$source/rt_install.sh" >&2 || give_up 12 "Debian's packages of Request Tracker can't be installed"
fi
if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then give_up 13 "port $port is taken"; fi

mkdir -p "$dir"
xz -dc "$source/rt_seed7_n60.sqlite.xz" >"$dir/rt.sqlite"
bash "$source/rt_start.sh" "$dir" "$port" >&2 || give_up 14 "Request Tracker does not start, see $dir/log"

echo "TEST_RT_URL=http://127.0.0.1:$port"
echo "TEST_RT_TOKEN=$(cat "$source/token_for_saved_db.txt")"
echo "TEST_RT_DATABASE=$(cd "$dir" && pwd)/rt.sqlite"
