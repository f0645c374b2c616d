#!/bin/sh
# One request to Reaper: everybody may log in, and clusters that were added are there.
read -r method path _version
length=0
while read -r line; do
  line=$(printf '%s' "$line" | tr -d '\r')
  [ -z "$line" ] && break
  case $line in
    [Cc]ontent-[Ll]ength:*) length=${line#*: } ;;
  esac
done
[ "$length" -gt 0 ] && head -c "$length" >/dev/null
path=${path%%\?*}
case "$method $path" in
  "POST /login") body='{"token": "of a stand-in"}' ;;
  "PUT /cluster/"*)
    echo "\"${path#/cluster/}\"" >>/tmp/clusters
    body=""
    ;;
  "GET /cluster")
    touch /tmp/clusters
    body="[$(paste -s -d , /tmp/clusters)]"
    ;;
  *) body="up" ;;
esac
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' "${#body}" "$body"
