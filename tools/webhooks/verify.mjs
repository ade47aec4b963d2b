// Reads deliveries as JSON, [{secret, headers, body}, …], and prints of each whether the official library accepts it, in order.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const accepts = ({ secret, headers, body }) => {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(accepts)));
