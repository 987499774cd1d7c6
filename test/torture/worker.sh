#!/bin/sh
# One job of the torture. In: the variables JOB_* and TORTURE_SIDE, a folder. Out: a side file of its own with what this
# process is, when it ran, and which processes of the same job it found alive; an exit code. How long it lives and how it
# ends follows from the job's uid. Times are hundredths of a second of the monotonic clock.
set -u
exec 3>>"$TORTURE_SIDE/$JOB_UID.$JOB_ATTEMPT.$$"

say() { printf '%s\n' "$*" >&3; }
tick() { read -r up _ </proc/uptime && now=${up%.*}${up#*.}; }

# state_of PID: the letter of its state and when it was started (which tells it from a later one of the same number).
state_of() {
  stat=
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- 1 2 ${stat##*) }
  state=$3 started=${22}
}

state_of $$
tick
say "begin $$ $started $now $JOB_NAME"
hash=$((0x${JOB_UID%%-*}))
kind=$((hash / 4096 % 12))
if [ "$kind" = 3 ]; then
  (while :; do sleep 1; done) &
  state_of $! && say "process $! $started"
fi

# Whoever comes second sees the first: each writes before it looks.
for other in "$TORTURE_SIDE/$JOB_UID".*; do
  [ "${other##*.}" = $$ ] && continue
  while read -r word pid start _; do
    case $word in begin | process) ;; *) continue ;; esac
    state_of "$pid" && [ "$started" = "$start" ] || continue
    case $state in Z | X) ;; *) say "saw $pid ${other##*/}" ;; esac
  done <"$other"
done

case $kind in 2) trap '' TERM ;; esac
draw=$(((hash + JOB_ATTEMPT * 7919) % 4096))
life=$((10 + draw % 190))
[ $((draw % 8)) = 0 ] && life=$((300 + draw % 600))
until=$((now + life))
while tick && [ "$now" -lt "$until" ]; do
  say "beat $now"
  case $kind in 4 | 5 | 6) printf '{"type":"progress","message":"%s to go"}\n' $((until - now)) ;; esac
  left=$((until - now))
  case $left in ?) left=0$left ;; ??? | ????) left=20 ;; esac
  [ "$left" -gt 20 ] 2>/dev/null && left=20
  sleep "0.$left"
done

case $kind in
0) code=1 ;;
1) kill -9 $$ ;;
*) code=0 ;;
esac
tick
say "end $now $code"
exit $code
