-- Sends one request again and again until COUNT answers have come: by `wrk -s create.lua`, with TOKEN and BODY beside COUNT.
local ffi = require("ffi")
ffi.cdef [[ int kill(int, int); int getpid(void); ]]
local INTERRUPT = 2 -- ends wrk before its time, in good order
local wanted = tonumber(os.getenv("COUNT"))
local answers = 0
local bytes

function init()
  bytes = wrk.format("POST", nil, {
    ["Content-Type"] = "application/json",
    ["OpenStack-API-Version"] = "compute 2.37",
    ["X-Auth-Token"] = os.getenv("TOKEN"),
  }, os.getenv("BODY"))
end

function request()
  return bytes
end

function response()
  answers = answers + 1
  if answers == wanted then
    ffi.C.kill(ffi.C.getpid(), INTERRUPT)
  end
end

function done(summary, latency)
  io.write(string.format("p50 %.1f ms, p99 %.1f ms\n", latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
