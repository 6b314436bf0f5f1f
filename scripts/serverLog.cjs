// Stands in for the native module @vscode/spdlog in the installed VS Code server, which is installed without compiling
// anything. Without it no output channel shows a line, and every log message is kept in memory. It may go when the
// server's packages bring the module compiled.
const { appendFileSync, mkdirSync, renameSync, statSync } = require("node:fs");
const { dirname } = require("node:path");

const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};

class Logger {
  #path;
  #maxBytes;
  #maxFiles;
  #bytes;
  #level = 0;
  #plain = false;
  #waiting = "";
  #timer;

  constructor(_kind, _name, path, maxBytes, maxFiles) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#maxFiles = maxFiles;
    this.#bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    // The editor shows a channel by reading its file, so the file is there from the start.
    appendFileSync(path, "");
  }

  #log(level, message) {
    if (level < this.#level) {
      return;
    }
    const at = new Date().toISOString().replace("T", " ").replace("Z", "");
    this.#waiting += this.#plain ? message : `${at} [${levels[level]}] ${message}\n`;
    this.#timer ??= setTimeout(() => this.flush(), 20).unref();
  }

  trace(message) {
    this.#log(0, message);
  }
  debug(message) {
    this.#log(1, message);
  }
  info(message) {
    this.#log(2, message);
  }
  warn(message) {
    this.#log(3, message);
  }
  error(message) {
    this.#log(4, message);
  }
  critical(message) {
    this.#log(5, message);
  }

  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  setPattern() {
    this.#plain = false;
  }
  clearFormatters() {
    this.#plain = true;
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === "") {
      return;
    }
    if (this.#maxFiles > 1 && this.#bytes > this.#maxBytes) {
      renameSync(this.#path, `${this.#path}.1`);
      this.#bytes = 0;
    }
    appendFileSync(this.#path, this.#waiting);
    this.#bytes += Buffer.byteLength(this.#waiting);
    this.#waiting = "";
  }

  drop() {
    this.flush();
  }
}
exports.Logger = Logger;

async function create(name, path, maxBytes, maxFiles) {
  mkdirSync(dirname(path), { recursive: true });
  return new Logger("rotating", name, path, maxBytes, maxFiles);
}
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
