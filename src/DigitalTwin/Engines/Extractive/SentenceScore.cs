namespace DigitalTwin.Engines.Extractive;

/// <summary>How well one sentence answers a question.</summary>
/// <param name="Passage">Index of the passage in the grounding.</param>
/// <param name="Sentence">Index of the sentence in its passage.</param>
/// <param name="Score">For ranking and, at the best sentence, for the decision to answer.</param>
internal readonly record struct SentenceScore(int Passage, int Sentence, float Score);
