# What any HTTP client gets that knows the mesh's address: $HOLON_MESH.
curl --silent --show-error --header "Host: echo" "http://$HOLON_MESH/v1/say/hello"
curl --silent --show-error --proxy "http://$HOLON_MESH" "http://pages/today"    # as do all that obey http_proxy
