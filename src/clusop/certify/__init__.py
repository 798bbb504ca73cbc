"""Certification: runs fixtures on a real engine and keeps what fell back, why, and how sure that is."""
