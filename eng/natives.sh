#!/usr/bin/env bash
# Brings the native libraries that the tests and the benchmarks run against to artifacts/native/<rid>/, without root:
#
#   XGBoost       Debian's packages, unpacked
#   ONNX Runtime  the library inside npm's onnxruntime-node
#   LightGBM      built from the sources inside npm's lightgbm
#
#   eng/natives.sh           all three
#   eng/natives.sh --asan    LightGBM alone, built with AddressSanitizer, to artifacts/native/<rid>-asan/
#
# Whatever was brought once is kept below INFERENCE_NATIVE_CACHE (without it: inference-natives in the user's cache folder).
# natives.txt in the target folder says what is there. A library that cannot be brought does not stop the others; the
# reasons are printed and kept in missing.txt, one line each: `<library>: <reason>`.
#
# Every build calls this script. What could not be brought is therefore not tried again for an hour, unless the recipes have
# changed or missing.txt is gone: a machine without a network should not wait for it at each build.
#
# Exit status: 0 everything is there, 1 the script broke, 2 wrong arguments, 3 something is missing, 4 not a system that
# these libraries run on.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
native="$here/artifacts/native"
export LC_ALL=C

say() { echo "natives: $*"; }

# What is brought, under which version. The pins of an archive stand in the function that fetches it.
declare -A version=([xgboost]=1.7.4 [onnxruntime]=1.30.0 [lightgbm]=4.1.0.99 [lightgbm-asan]=4.1.0.99)

# The files that a finished library must have.
declare -A files=(
  [xgboost]="libxgboost.so.0 libxgboost.so libdmlc.so.0 libgomp.so.1"
  [onnxruntime]="libonnxruntime.so.1 libonnxruntime.so"
  [lightgbm]="lib_lightgbm.so include/LightGBM/c_api.h include/LightGBM/export.h"
  [lightgbm-asan]="lib_lightgbm.so libasan.so"
)

# ---- Bringing one library -----------------------------------------------------------------------------------------------
# Each function runs in a subshell of its own, in an empty folder $work, and leaves its files in $work/files and one line
# on where they come from in $work/source. Long output goes to $log.

# Ends the bringing of one library.
fail() {
  echo "$*" >"$work/reason"
  exit 1
}

need() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [ "${#missing[@]}" -eq 0 ] || fail "not installed: $(IFS=, && sed "s/,/, /g" <<<"${missing[*]}")"
}

# The one of two values that is meant for this machine.
for_machine() { if [ "$rid" = linux-x64 ]; then echo "$1"; else echo "$2"; fi; }

# The line of the log that says best what went wrong, for a reason.
last_words() {
  { grep -aEm 1 '^E: |failed, reason|^W: Failed|CMake Error|(^|: )(fatal )?error[: ]|timed out' "$log" || tail -n 1 "$log"; } | cut -c 1-300
}

# Runs a program in $work, for so many seconds at most, with its words in the log. In the foreground: what ends this script
# from a terminal or a build ends it too.
limited() { # seconds, program, arguments
  local status=0
  (cd "$work" && timeout --foreground -k 10 "$@" </dev/null) >>"$log" 2>&1 || status=$?
  [ "$status" -ne 124 ] || echo "$2 timed out after $1 s" >>"$log"
  return "$status"
}

check() { # file, sha256, what it is
  local found
  found="$(sha256sum "$1" | cut -d ' ' -f 1)"
  [ "$found" = "$2" ] || fail "$3 has the sha256 $found, expected $2"
}

bring_xgboost() {
  need apt-get apt-cache dpkg-deb
  apt_lists
  # Only patch releases of the same sources may take the place of a pinned version. OpenMP's interface is stable: there
  # any version does.
  debian_package libxgboost0 1.7.4-1 '1.7.4-*' "$(for_machine \
    91a9c8a05c732e0ae8f5d85172c3a0f49bcf3aecdd671ecf8bb82566a42efb9d \
    94a678dc34c9682fca9f057859a2617223453887cd622c61d916c210f326c65f)"
  debian_package libdmlc0 0.5-1 '0.5-*' "$(for_machine \
    110b0ec2715ec0a047ff797cd215f999b7f7bbdc276685fd0021a45a74cfffe5 \
    35c5af56d0568f6a8f985eb2eac1c2bc8b1144f9cb4430c4ee6affbe92b8b37e)"
  debian_package libgomp1 12.2.0-14+deb12u1 '*' "$(for_machine \
    48fec46bda7f5b1638b9e959889bfbc20491247d402d120bb152687eb48143d7 \
    a48b70dd1a95585466b40bd94564bce56ebcb2566e49ccdb6441e996aaab2098)"
  local name
  for name in libxgboost.so.0 libdmlc.so.0 libgomp.so.1; do
    # The packages hold links; real files stay whole when someone copies one of them.
    cp -L "$(find "$work/unpacked" -name "$name" | head -n 1)" "$work/files/$name" || fail "Debian's packages hold no $name"
  done
  # The name that XGBoost's own builds have; a link of the file system, so that both names are one library to the loader.
  ln "$work/files/libxgboost.so.0" "$work/files/libxgboost.so"
  echo "Debian $(paste -sd ' ' "$work/taken" | sed 's/ \(lib[dg]\)/, \1/g')" >"$work/source"
}

bring_onnxruntime() {
  need npm tar
  npm_tarball onnxruntime-node 1.30.0 6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75
  local inside="package/bin/napi-v6/linux/${rid#linux-}/libonnxruntime.so.1"
  tar xzf "$work/onnxruntime-node-1.30.0.tgz" -C "$work" "$inside"
  mv "$work/$inside" "$work/files/libonnxruntime.so.1"
  # The name that the NuGet package Microsoft.ML.OnnxRuntime gives it.
  ln "$work/files/libonnxruntime.so.1" "$work/files/libonnxruntime.so"
  echo "npm onnxruntime-node 1.30.0" >"$work/source"
}

bring_lightgbm() {
  build_lightgbm -DCMAKE_BUILD_TYPE=Release
  # What a C program needs to call it.
  mkdir -p "$work/files/include/LightGBM"
  cp "$work/package/dependencies/LightGBM/include/LightGBM/"{c_api,export}.h "$work/files/include/LightGBM/"
}

bring_lightgbm-asan() {
  # LightGBM asks for -O3 itself; the flags of the build type come after that and win.
  build_lightgbm -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g -fno-omit-frame-pointer" \
    -DUSE_SANITIZER=ON -DENABLED_SANITIZERS=address
  # The sanitizer must be in a process before the library is: LD_PRELOAD takes it from here.
  cp -L "$(c++ -print-file-name=libasan.so)" "$work/files/libasan.so" || fail "the C++ compiler has no AddressSanitizer"
}

build_lightgbm() { # options of cmake
  need npm tar cmake make c++
  npm_tarball lightgbm 1.0.27 ff79edc14ccd3528c6be2e63600693fb09f20ff561908b448cb4ada282830954
  tar xzf "$work/lightgbm-1.0.27.tgz" -C "$work" package/dependencies/LightGBM
  local sources="$work/package/dependencies/LightGBM"
  # The prefix map keeps this machine's folders out of LightGBM's messages. CMake 4 wants the policy version for projects
  # as old as this one; older releases do not know it.
  cmake -S "$sources" -B "$work/build" -G "Unix Makefiles" "-DCMAKE_CXX_FLAGS=-ffile-prefix-map=$sources/=" \
    -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DBUILD_CLI=OFF "$@" >>"$log" 2>&1 || fail "cmake failed: $(last_words); log: $log"
  say "$library: building, about 10 minutes with two processors"
  cmake --build "$work/build" --target _lightgbm --parallel "$(jobs_at_once)" 2>&1 | tee -a "$log" | progress \
    || fail "the build failed: $(last_words); log: $log"
  mv "$sources/lib_lightgbm.so" "$work/files/"
  echo "npm lightgbm 1.0.27, built with $(c++ --version | head -n 1)" >"$work/source"
}

# A gigabyte for each compiler at work is enough.
jobs_at_once() {
  local processors gigabytes
  processors="$(nproc)"
  gigabytes="$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)"
  [ "${gigabytes:-1}" -ge 1 ] || gigabytes=1
  echo "$((processors < gigabytes ? processors : gigabytes))"
}

# Of make's lines, the first of each quarter: a build of ten minutes should show that it lives.
progress() {
  local line percent next=25
  while IFS= read -r line; do
    if [[ "$line" =~ ^\[\ *([0-9]+)%\] ]]; then
      percent="${BASH_REMATCH[1]}"
      if [ "$percent" -ge "$next" ] && [ "$percent" -lt 100 ]; then
        say "$library: $percent %"
        next=$((percent / 25 * 25 + 25))
      fi
    fi
  done
}

npm_tarball() { # package, version, sha256
  say "$library: fetching npm's $1 $2"
  # A cache of its own: the tarballs are large, and are read once.
  local options=(--loglevel error --logs-max 0 --cache "$work/npm"
    --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-retry-maxtimeout 5000 --fetch-timeout 60000)
  # A small question first: through a silent proxy npm waits without end, while the tarball may take its time.
  limited 45 npm view "$1@$2" version "${options[@]}" || fail "npm does not answer for $1 $2: $(last_words)"
  limited 1200 npm pack "$1@$2" --ignore-scripts "${options[@]}" || fail "npm did not bring $1 $2: $(last_words)"
  check "$work/$1-$2.tgz" "$3" "npm's $1 $2"
}

# Fetches the lists of the machine's own Debian sources into folders of ours.
apt_lists() {
  mkdir -p "$work/apt/state/lists/partial" "$work/apt/cache/archives/partial"
  # No sandbox user: it could not read our folders. No hooks: they tend the system's caches, which we do not touch.
  cat >"$work/apt.conf" <<CONF
Dir::State "$work/apt/state";
Dir::Cache "$work/apt/cache";
APT::Sandbox::User "root";
Acquire::Retries "1";
Acquire::http::Timeout "10";
Acquire::https::Timeout "10";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
  # A source that fails is no matter as long as another offers the packages.
  limited 120 apt-get -c "$work/apt.conf" -q update || true
}

debian_package() { # package, pinned version, versions that do as well, sha256 of the pinned one
  local offered taken
  offered="$(apt-cache -c "$work/apt.conf" madison "$1" 2>>"$log" | awk -F ' *[|] *' '/ Packages$/ { print $2 }')"
  [ -n "$offered" ] || fail "apt-get offers no $1: $(last_words)"
  taken="$(grep -Fx "$2" <<<"$offered" || true)"
  if [ -z "$taken" ]; then
    local candidate
    for candidate in $offered; do
      # shellcheck disable=SC2254 # a pattern is what is meant
      case "$candidate" in $3) taken="$candidate" && break ;; esac
    done
    [ -n "$taken" ] || fail "apt-get offers $1 $(paste -sd ' ' <<<"$offered"), needed is $2"
    say "$library: Debian's $1 is $taken now, not $2; taken without a checksum of ours"
  else
    say "$library: fetching Debian's $1 $taken"
    taken="$2"
  fi
  limited 600 apt-get -c "$work/apt.conf" -q download "$1=$taken" || fail "apt-get did not bring $1 $taken: $(last_words)"
  local archive
  archive="$(find "$work" -maxdepth 1 -name "$1_*.deb")"
  [ "$taken" != "$2" ] || check "$archive" "$4" "Debian's $1 $taken"
  dpkg-deb -x "$archive" "$work/unpacked"
  echo "$1 $taken" >>"$work/taken"
}

# ---- Keeping and placing --------------------------------------------------------------------------------------------------

# The folder of a finished library in the cache. Its name changes with the recipe, which is the text of the functions that
# pin and build it, and with the distribution, whose C library it was made for.
entry_of() {
  local recipe=("bring_$1")
  case "$1" in lightgbm*) recipe+=(build_lightgbm) ;; esac
  local hash
  hash="$({ declare -f "${recipe[@]}" && echo "$distribution"; } | sha256sum | cut -c 1-12)"
  echo "$cache/$1-${version[$1]}-$hash"
}

has_files() { # library, folder
  local file
  for file in ${files[$1]}; do
    [ -s "$2/$file" ] || return 1
  done
}

# Whether a finished library is in the cache. It comes there in one step, so no lock is needed to look.
is_kept() { has_files "$1" "$(entry_of "$1")/files"; }

# Makes sure that a library is in the cache; otherwise adds a line to the file of reasons.
ensure() {
  local library="$1" entry status=0 work log
  entry="$(entry_of "$library")"
  if is_kept "$library"; then
    return
  fi
  lock 9 "$cache/.$library.lock"
  if is_kept "$library"; then
    exec 9>&-
    return
  fi
  work="$cache/.work.$library"
  log="$cache/$library.log"
  rm -rf "$work" "$entry"
  mkdir -p "$work/files"
  : >"$log"
  local started="$SECONDS"
  # Not in a condition: bash would ignore `set -e` in there.
  set +e
  (set -e; "bring_$library")
  status=$?
  set -e
  if [ "$status" -eq 0 ] && has_files "$library" "$work/files"; then
    mkdir "$work/entry"
    chmod 755 "$work"/files/*.so*
    mv "$work/files" "$work/source" "$work/entry/"
    mv "$work/entry" "$entry"
    rm -f "$log"
    say "$library ${version[$library]}: brought in $((SECONDS - started)) s"
  else
    [ -s "$work/reason" ] || echo "stopped with status $status; log: $log" >"$work/reason"
    echo "$library: $(head -n 1 "$work/reason")" >>"$reasons"
    say "$library is missing: $(head -n 1 "$work/reason")"
  fi
  rm -rf "$work"
  exec 9>&-
}

# What natives.txt says when these libraries are in place: a line on each, and the folders of the cache that they are from.
stamp_of() {
  local library
  for library in "$@"; do
    echo "$library ${version[$library]} from $(cat "$(entry_of "$library")/source")"
  done
  echo "recipes$(for library in "$@"; do printf ' %s' "$(basename "$(entry_of "$library")")"; done)"
}

# Whether a folder is what another, of which only the texts are there yet, is going to be.
is_same() { # the texts, the folder, the libraries
  local texts="$1" folder="$2" library
  shift 2
  cmp -s "$texts/natives.txt" "$folder/natives.txt" || return 1
  cmp -s <(cat "$texts/missing.txt" 2>/dev/null) <(cat "$folder/missing.txt" 2>/dev/null) || return 1
  for library in "$@"; do
    has_files "$library" "$folder" || return 1
  done
}

# Puts the libraries that the cache has into the target folder, in one step: whoever looks sees the old ones or the new.
place() {
  local library present=() beside="$native/.$label.new" old="$native/.$label.old"
  for library in "${libraries[@]}"; do
    if is_kept "$library"; then
      present+=("$library")
    fi
  done
  rm -rf "$beside" "$old"
  mkdir -p "$beside"
  stamp_of "${present[@]}" >"$beside/natives.txt"
  if [ -s "$reasons" ]; then
    cat "$reasons" >"$beside/missing.txt"
  fi
  if is_same "$beside" "$target" "${present[@]}"; then
    rm -rf "$beside"
    return
  fi
  for library in "${present[@]}"; do
    # Times are not kept: a file that is placed is new to the build, however old its archive is.
    cp -R --preserve=mode,links "$(entry_of "$library")/files/." "$beside/"
  done
  if [ -d "$target" ]; then
    mv "$target" "$old"
  fi
  mv "$beside" "$target"
  rm -rf "$old"
}

# Whether everything is in place already, told from the stamp alone.
is_complete() {
  local library wanted="recipes"
  [ -f "$target/natives.txt" ] && [ ! -e "$target/missing.txt" ] || return 1
  for library in "${libraries[@]}"; do
    has_files "$library" "$target" || return 1
    wanted+=" $(basename "$(entry_of "$library")")"
  done
  grep -Fxq "$wanted" "$target/natives.txt"
}

# Names what this run wants: when it changes, what failed before may succeed.
entries() {
  local library
  for library in "${libraries[@]}"; do
    basename "$(entry_of "$library")"
  done
}

# Whether the same libraries were tried within the last hour, and are missing for reasons that are known. One that another
# checkout has brought to the cache since then is not missing.
is_known_missing() {
  local library
  [ -s "$target/missing.txt" ] && [ -n "$(find "$target/missing.txt" -mmin -60)" ] || return 1
  cmp -s <(entries) "$native/.$label.tried" || return 1
  for library in "${libraries[@]}"; do
    has_files "$library" "$target" || ! is_kept "$library" || return 1
  done
}

tell_missing() {
  sed 's/^/natives: missing: /' "$target/missing.txt"
  say "not tried again for an hour after a failure; delete artifacts/native/$label/missing.txt to try now"
  exit 3
}

summary() { sed -n 's/^\([^ ]*\) \([^ ]*\) from .*/\1 \2/p' "$target/natives.txt" | paste -sd , | sed 's/,/, /g'; }

# Waits for other runs at the same thing. The lock goes with the process, if not with its descriptor before.
lock() { # descriptor, file
  if ! command -v flock >/dev/null; then
    say "flock is not installed: nothing keeps two runs apart"
    return
  fi
  eval "exec $1>\"\$2\""
  if ! flock -n "$1"; then
    say "waiting for another run"
    flock "$1"
  fi
}

# ---- The run --------------------------------------------------------------------------------------------------------------

# Sets the folders of this run, or ends it on a system that the libraries are not for.
look_around() {
  case "$(uname -s) $(uname -m)" in
    "Linux x86_64") rid=linux-x64 ;;
    "Linux aarch64") rid=linux-arm64 ;;
    *)
      say "the native libraries are brought for linux-x64 and linux-arm64 only; this is $(uname -s) $(uname -m)"
      exit 4
      ;;
  esac
  if [ -n "$(find /lib -maxdepth 1 -name 'ld-musl-*' 2>/dev/null)" ]; then
    say "the native libraries need glibc; this system has musl"
    exit 4
  fi
  label="$rid$1"
  target="$native/$label"
  distribution="$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${VERSION_ID:-}" || true)"

  local users="${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}"
  cache="${INFERENCE_NATIVE_CACHE:-${users:+$users/inference-natives}}"
  if [ -z "$cache" ] || ! mkdir -p "$cache/$rid" 2>/dev/null || [ ! -w "$cache/$rid" ]; then
    say "${cache:-a cache folder} cannot be written; the cache is artifacts/native/.cache instead"
    cache="$native/.cache"
    mkdir -p "$cache/$rid"
  fi
  cache="$(cd "$cache/$rid" && pwd)"
}

main() {
  local library suffix=""
  libraries=(xgboost onnxruntime lightgbm)
  case "$*" in
    "") ;;
    --asan)
      libraries=(lightgbm-asan)
      suffix="-asan"
      ;;
    *)
      echo "usage: eng/natives.sh [--asan]" >&2
      exit 2
      ;;
  esac
  look_around "$suffix"

  if is_complete; then
    say "$(summary) are in artifacts/native/$label"
    return
  fi
  if is_known_missing; then
    tell_missing
  fi
  mkdir -p "$native"
  lock 8 "$native/.$label.lock"
  # The run that was waited for may have done it all, or all that can be done.
  if is_complete; then
    say "$(summary) are in artifacts/native/$label now"
    return
  fi
  if is_known_missing; then
    tell_missing
  fi

  reasons="$(mktemp)"
  trap 'rm -f "$reasons"' EXIT
  trap 'exit 130' INT TERM
  for library in "${libraries[@]}"; do
    ensure "$library"
  done
  place
  entries >"$native/.$label.tried"

  if [ -s "$reasons" ]; then
    # The same reasons may lie there since an earlier run.
    touch "$target/missing.txt"
    say "$(wc -l <"$reasons") of ${#libraries[@]} libraries are missing; artifacts/native/$label/missing.txt says why"
    exit 3
  fi
  say "$(summary) are in artifacts/native/$label now"
}

# A function, so that bash has read all of this file before it starts, and the file may change during a long build.
main "$@"
exit
