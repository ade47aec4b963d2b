(scope, kind, what, value) => {
	const plain = text => (text ?? "").replace(/\s+/g, " ").trim();
	const missing = why => ({Why: why, X: 0, Y: 0, Text: "", Done: false});

	// Chromium calls a page complete some time before its modules have run: what is pressed then goes to nobody.
	const complete = document.readyState === "complete";
	if (complete && !window.modulesRan) {
		const modules = [...document.querySelectorAll("script[type=module][src]")].map(script => import(script.src));
		Promise.allSettled(modules).then(() => window.modulesRan = true);
		return missing("its modules have not run");
	}

	// Behind a modal dialog nothing can be used.
	const dialog = [...document.querySelectorAll("dialog:modal")].pop();
	const root = scope ? (dialog ?? document).querySelector(scope) : dialog ?? document.body;
	if (!root) return missing(scope ? `no ${scope}` : "no page");

	const visible = el => el.checkVisibility({visibilityProperty: true}) && el.getClientRects().length > 0 && !el.closest("[inert]");
	const labels = el => [...(el.labels ?? [])].map(l => l.innerText).join(" ");
	const referenced = el => (el.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
		.map(id => document.getElementById(id)?.innerText).join(" ");
	const own = el => /^(submit|button|reset)$/.test(el.type) && el.matches("input") ? el.value : el.innerText;
	const name = el => plain(referenced(el)) || plain(el.ariaLabel) || plain(labels(el)) || plain(own(el)) ||
		plain(el.placeholder) || plain(el.title) || plain(el.querySelector("img[alt], svg[aria-label]")?.getAttribute("alt"));

	const among = (selector, shown) => {
		const all = [...root.querySelectorAll(selector)].filter(shown);
		const exact = all.filter(el => name(el) === plain(what));
		const fit = exact.length ? exact : all.filter(el => name(el).includes(plain(what)));
		if (fit.length === 1) return fit[0];
		const names = all.map(name).filter(Boolean).slice(0, 30).join(" | ");
		return missing(`${fit.length} of these fit: ${names}`);
	};

	// A box or a file field is often drawn by its label, itself unseen.
	const target = el => visible(el) ? el : [...(el.labels ?? [])].find(visible);
	const place = el => {
		const shown = target(el);
		shown.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
		const box = shown.getClientRects()[0];
		const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
		const hit = document.elementFromPoint(x, y);
		if (!hit || !(shown.contains(hit) || [...(el.labels ?? [])].some(l => l.contains(hit)))) {
			return missing(`covered by ${hit?.outerHTML.slice(0, 80)}`);
		}
		if (el.disabled) return missing("disabled");
		return {...missing(""), X: x, Y: y, Text: plain(shown.innerText)};
	};

	const controls = "a[href], button, summary, input:not([type=hidden]), select, textarea, [role=button], [role=link], " +
		"[role=tab], [role=menuitem], [role=option], [role=switch], [role=checkbox], [role=radio]";
	const fields = "input:not([type=hidden], [type=submit], [type=button]), select, textarea, [contenteditable=true], [role=textbox]";

	const fill = el => {
		if (el.disabled || el.readOnly) return missing("not editable");
		el.focus();
		if (el.matches("select")) {
			const option = [...el.options].find(o => plain(o.text) === plain(value)) ?? [...el.options].find(o => o.value === value);
			if (!option) return missing("no such option");
			el.value = option.value;
		} else if (/^(date|time|datetime-local|month|week|color|range)$/.test(el.type)) {
			el.value = value;
		} else {
			el.select ? el.select() : getSelection().selectAllChildren(el);
			if (value) return missing("");
			document.execCommand("delete");
			return {...missing(""), Done: true};
		}
		for (const type of ["input", "change"]) el.dispatchEvent(new Event(type, {bubbles: true}));
		return {...missing(""), Done: true};
	};

	const usable = el => !!target(el);
	const shows = text => plain(root.innerText).includes(plain(text));
	switch (kind) {
		case "complete":
			return complete ? missing("") : missing("still loading");
		case "url":
			return location.href.includes(what) && complete ? missing("") : missing(`at ${location.href}`);
		case "text":
			return shows(what) ? missing("") : missing(`the page shows: ${plain(root.innerText).slice(0, 400)}`);
		case "gone":
			return shows(what) ? missing("still shown") : missing("");
		case "css": {
			const el = [...root.querySelectorAll(what)].find(visible);
			return el ? place(el) : missing("no visible element");
		}
		case "shown": {
			const el = [...root.querySelectorAll(what)].find(visible);
			return el ? {...missing(""), Text: plain(el.innerText)} : missing("no visible element");
		}
		case "control": {
			const el = among(controls, usable);
			return el.Why ? el : place(el);
		}
		case "field": {
			const el = among(fields, visible);
			return el.Why ? el : fill(el);
		}
		case "value": {
			const el = among(fields, usable);
			return el.Why ? el : {...missing(""), Text: /^(checkbox|radio)$/.test(el.type) ? `${el.checked}` : el.value ?? plain(el.innerText)};
		}
		case "file": {
			const el = among("input[type=file]", () => true);
			return el.Why ? null : el;
		}
	}
}
