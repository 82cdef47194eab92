"""The messages about invalid database URLs. The command line translates them."""

SUPPORTED_URLS = (
    "Carnet keeps its data in `sqlite:///file` or `postgresql://user@host/name`. No other database is supported."
)
SEVERAL_SERVERS = (
    "Several servers are written `?host=h1,h2&port=p1,p2&target_session_attrs=primary`, with nothing between @ and /, "
    "so that every connection goes to the primary server."
)
SET_ON_ROLE = (
    "`{name}` is not allowed in the database URL, because Carnet sets the settings of its connections itself. Set it "
    "on the role instead, for example `ALTER ROLE name SET search_path = …`."
)
FILE_URL_WITH_MORE = "The URL of an SQLite database is `sqlite:///file`, without a server or parameters."
STANDBY_OF_FILE = (
    "Give the address of a PostgreSQL server that follows the one of CARNET_DATABASE_URL. Leave this setting out for "
    "SQLite."
)
FILE_MISSING = "Carnet keeps an SQLite database in a file. Write `sqlite:///file`."
PORT_NOT_A_NUMBER = "The port in the database URL is not a number. Write, for example, `@host:5432/name`."
NOT_PRIMARY = "`target_session_attrs` must be `primary`: Carnet reads from and writes to the same server."
PARAMETER_TWICE = "`{name}` occurs twice in the database URL. Give it once."
ON_BOTH_SIDES = "`{name}` occurs twice in the database URL: before and after the question mark. Give it once."
UNKNOWN_PARAMETER = "`{name}` is not allowed in the database URL. Allowed parameters: {all}."
HOSTS_AND_PORTS_DIFFER = "The hosts and ports in the database URL do not match."
