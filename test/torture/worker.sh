#!/bin/sh
# One job of the torture. In: the variables JOB_*, and TORTURE_SIDE, a folder; TORTURE_SHORT makes it short. Out: a side
# file of its own with what this process is, when it ran, and which processes of the same job it found alive; an exit code.
# How long it lives and how it ends follows from the job's uid. Times are hundredths of a second since the machine's boot.
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
kind=$((hash / 4096 % 24))
if [ "$kind" = 3 ]; then # leaves a child behind
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

draw=$(((hash + JOB_ATTEMPT * 7919) % 4096))
life=$((10 + draw % 190))
case $kind in
2) trap '' TERM ;; # does not end when it is asked to
10 | 11) life=$((300 + draw % 600)) ;; # outlives a lease that is not renewed
12 | 14) life=$((1800 + draw % 800)) ;; # outlives the claim of an owner that is silent
esac
[ -n "${TORTURE_SHORT:-}" ] && life=$((1 + draw % 60))
until=$((now + life))
while tick && [ "$now" -lt "$until" ]; do
  say "beat $now"
  case $kind in 4 | 5 | 6 | 7 | 8 | 12) printf '{"type":"progress","message":"%s to go"}\n' $((until - now)) ;; esac
  left=$((until - now))
  [ $left -gt 20 ] && left=20
  [ $left -lt 10 ] && left=0$left
  sleep "0.$left"
done

case $kind in
0 | 13) code=1 ;;
1) kill -9 $$ ;;
*) code=0 ;;
esac
tick
say "end $now $code"
exit $code
