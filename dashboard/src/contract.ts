// What the page reads of holon.node.v1.Control (contracts/holon/node/v1/node.proto), as JSON gives it: 64-bit numbers are
// strings, and what has its default value is left out.

export type Method = "List" | "Watch" | "Calls" | "Events" | "Logs" | "Describe" | "Top";

export interface ListReply {
  app?: string;
  placement?: string;
  strict?: boolean;
  pid?: number;
  gateway?: string;
  hosts?: HostState[];
  faults?: Fault[];
  nodes?: { node: string }[];  // the one that is asked first; none where there is only one
}
export interface Fault {
  id: number;
  text?: string;
  untilUnixMs?: string;
}
export interface HostState {
  host: string;
  state?: string;
  node?: string;  // only where an application has several
  pid?: number;
  services?: string[];
  owners?: string[];
  startedUnixMs?: string;
  restarts?: number;
  cause?: string;
  health?: string;
  kind?: string;
  lastLines?: string[];
}

export interface CallsReply {
  hosts?: Snapshot[];
}
export interface Snapshot {
  host: string;
  calls?: CountedCalls[];  // that it made
  served?: CountedCalls[];  // that came through its door
}
export interface CountedCalls {
  caller?: string;
  method: string;
  count?: string;
  errors?: Record<string, string>;
  latency?: { belowNs: string; count: string }[];
}

export interface TopReply {
  hosts?: HostUsage[];
  edges?: EdgeUsage[];
  elsewhere?: string[];  // nodes whose hosts are in neither
}
export interface EdgeUsage {
  caller?: string;
  callee: string;
  callsPerSecond?: number;
  success?: number;  // share of the calls
  successOfAttempts?: number;
  retriesPerSecond?: number;
  hedgesPerSecond?: number;
  unpaidPerSecond?: number;
  budget?: number;
  unfit?: { host?: string; address?: string; breaker?: string; silent?: boolean; outUs?: string }[];
}
export interface HostUsage {
  host: string;
  pid?: number;
  cpu?: number;  // cores
  memoryBytes?: string;
  memoryBytesMax?: string;
  processes?: number;
  descriptors?: number;
  doors?: Door[];
  turnedAwayPerSecond?: number;
}
export interface Door {
  service?: string;
  running?: string;
  waiting?: string;
  limit?: number;  // 0: none is needed
}

export interface LogLine {
  host?: string;
  unixUs?: string;
  text?: string;
  missed?: string;
}

export interface NodeEvent {
  unixUs?: string;
  kind?: string;
  host?: string;
  text?: string;
  lastLines?: string[];
}

export interface DescribeReply {
  services?: ServiceState[];
}
export interface ServiceState {
  name: string;
  contract?: string;
  owner?: string;
  hosts?: string[];
  calls?: string[];
}
