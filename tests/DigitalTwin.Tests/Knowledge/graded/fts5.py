"""Prints nDCG@10 of SQLite FTS5's bm25() with the porter tokenizer on collection.json: the figure that the ranking
test's own baseline stands in for. Usage: python3 fts5.py [collection.json]"""
import json, math, pathlib, re, sqlite3, sys

path = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("collection.json")
collection = json.load(open(path))
db = sqlite3.connect(":memory:")
db.execute("create virtual table documents using fts5(id unindexed, title, text, tokenize='porter')")
db.executemany("insert into documents values (?, ?, ?)", [(d["id"], d["title"], d["text"]) for d in collection["documents"]])

def discounted(grades):
    return sum((2 ** grade - 1) / math.log2(rank + 2) for rank, grade in enumerate(grades[:10]))

total = 0
for query in collection["queries"]:
    terms = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query["text"].lower())))
    found = [row[0] for row in db.execute("select id from documents where documents match ? order by bm25(documents) limit 10", (terms,))]
    grades = query["grades"]
    total += discounted([grades.get(id, 0) for id in found]) / discounted(sorted(grades.values(), reverse=True))
print(f"nDCG@10 {total / len(collection['queries']):.4f}")
